"""Results to Vega-Lite specs to SVG, and the look (tokens, components, icons) all pages share."""
