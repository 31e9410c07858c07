// Videos and boards of other sites: a button loads the provider's frame. Before that nothing is requested from there;
// without this script the link to the provider's page remains.
for (const figure of document.querySelectorAll("figure.embed[data-frame]")) {
  const { frame: src, provider, title } = figure.dataset;
  const place = figure.querySelector(".embed__link");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "embed__play";
  button.textContent = `Show here: ${title || provider}`;
  const hint = document.createElement("span");
  hint.className = "embed__hint";
  hint.textContent = `Connects to ${provider}.`;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.className = "embed__frame";
    frame.title = title || provider;
    frame.allow = "autoplay; fullscreen; encrypted-media; picture-in-picture";
    frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms allow-presentation";
    frame.referrerPolicy = "strict-origin-when-cross-origin"; // YouTube refuses frames without a referrer
    frame.src = src;
    button.replaceWith(frame);
    hint.remove();
    frame.focus();
  });
  place.before(button);
  place.prepend(hint, " ");
}
