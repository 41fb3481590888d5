// The reference of the API. Its description stands in the page's body; nothing comes from elsewhere.
"use strict";

SwaggerUIBundle({
  url: document.body.dataset.description,
  dom_id: "#reference",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
