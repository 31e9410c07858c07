// A field for an address of this site, with a search by page title.
import { createFinder } from "richtext/finder";

for (const input of document.querySelectorAll("input[data-find-url]")) {
  const finder = createFinder(input, {
    url: input.dataset.findUrl,
    isQuery: (text) => text.length > 1 && !text.startsWith("/"),
    onPick(record) {
      input.value = record.url;
      input.focus();
      finder.refresh();
    },
  });
  input.autocomplete = "off";
  const place = document.createElement("div");
  place.className = "page-finder";
  place.append(...finder.nodes);
  input.after(place);
  finder.refresh(); // the field may have a value: typed before the script loaded, or in a form shown again
}
