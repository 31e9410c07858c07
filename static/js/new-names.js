// Autocomplete fields that also take new names: what is typed is the last choice, so that Enter takes a record found.
const { defaults } = django.jQuery.fn.select2;

defaults.set("insertTag", (options, added) => options.push(added));
defaults.set("createTag", ({ term }) => {
  const name = term.trim();
  return name && !/^\d+$/.test(name) ? { id: name, text: `${name} (new)` } : null;
});
