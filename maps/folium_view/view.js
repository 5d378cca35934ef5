// Labels that would cover one another are hidden, the first kept; problems come first.
(function () {
  function arrange() {
    var kept = [];
    var labels = Array.prototype.slice.call(document.querySelectorAll(".unit-label"));
    labels.sort(function (a, b) {
      return b.querySelectorAll(".mark").length - a.querySelectorAll(".mark").length;
    });
    labels.forEach(function (label) {
      var box = label.firstElementChild.getBoundingClientRect();
      var covered = kept.some(function (other) {
        return box.left < other.right + 4 && other.left < box.right + 4 && box.top < other.bottom + 2 && other.top < box.bottom + 2;
      });
      label.classList.toggle("hidden", covered);
      if (!covered) kept.push(box);
    });
  }
  function speak(language) {
    document.documentElement.lang = language;
    document.body.dataset.language = language;
    arrange();
  }
  // Made here and not as markers of folium, which first load Leaflet's picture of a pin.
  function label(properties) {
    var box = document.createElement("div");
    box.innerHTML = properties.label;
    var icon = L.divIcon({ className: "unit-label", html: box, iconSize: null });
    return L.marker([properties.at[1], properties.at[0]], { icon: icon, interactive: false, keyboard: false });
  }
  window.wanggeView = function (map, units) {
    map.attributionControl.setPrefix(false);
    L.control.zoom({ position: "topright" }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    // The district stands beside the panels where there is room, below them on a narrow screen.
    var panels = document.getElementById("panels").getBoundingClientRect();
    var beside = map.getSize().x > 2.2 * panels.right;
    map.fitBounds(units.getBounds(), {
      animate: false,
      paddingTopLeft: beside ? [panels.right + 16, 24] : [16, 24],
      paddingBottomRight: [beside ? 48 : 16, 32],
    });
    units.eachLayer(function (unit) { label(unit.feature.properties).addTo(map); });
    map.on("zoomend viewreset resize", function () { setTimeout(arrange, 0); });
    document.getElementById("language").addEventListener("click", function () {
      speak(document.body.dataset.language === "en" ? "zh-CN" : "en");
    });
    speak(document.body.dataset.language);
  };
})();
