"""What is seen: incidents, figures per unit, layers of the map, folium views and the page."""
