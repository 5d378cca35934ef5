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
    var name = box.appendChild(document.createElement("b"));
    name.textContent = properties.name;
    if (properties.mark) {
      var mark = box.appendChild(document.createElement("span"));
      mark.className = "mark";
      mark.textContent = properties.mark + " ";
    }
    box.appendChild(document.createTextNode(properties.figure));
    var icon = L.divIcon({ className: "unit-label", html: box, iconSize: null });
    return L.marker([properties.at[1], properties.at[0]], { icon: icon, interactive: false, keyboard: false });
  }
  window.wanggeView = function (map, units) {
    map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false }).addTo(map);
    units.eachLayer(function (unit) { label(unit.feature.properties).addTo(map); });
    map.on("zoomend viewreset resize", function () { setTimeout(arrange, 0); });
    document.getElementById("language").addEventListener("click", function () {
      speak(document.body.dataset.language === "en" ? "zh-CN" : "en");
    });
    speak(document.body.dataset.language);
  };
})();
