// A field for an address of this site that is also found by the name of its page.
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
  finder.refresh(); // what was typed before this script had come, or what the form shows again
}
