// Videos and boards of other sites: a button loads the provider's frame. Before that nothing is requested from there;
// without this script the link to the provider's page remains.
const made = (name, properties) => Object.assign(document.createElement(name), properties);

for (const figure of document.querySelectorAll("figure.embed[data-frame]")) {
  const { frame: src, provider, title } = figure.dataset;
  const place = figure.querySelector(".embed__link");
  const button = made("button", { type: "button", className: "embed__play", textContent: `Show here: ${title || provider}` });
  const hint = made("span", { className: "embed__hint", textContent: `Connects to ${provider}.` });
  button.addEventListener("click", () => {
    const frame = made("iframe", {
      className: "embed__frame",
      title: title || provider,
      allow: "autoplay; fullscreen; encrypted-media; picture-in-picture",
      sandbox: "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms allow-presentation",
      referrerPolicy: "strict-origin-when-cross-origin", // YouTube refuses frames without a referrer
      src,
    });
    button.replaceWith(frame);
    hint.remove();
    frame.focus();
  });
  place.before(button);
  place.prepend(hint, " ");
}
