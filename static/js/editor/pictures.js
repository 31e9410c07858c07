// Images: figure > pictures + optional caption; several pictures are a gallery. An image is stored by the key of its record and loaded from the admin.
import { Node, Plugin } from "django-prose-editor/editor";
import { captionOf, enclosing, insertBlock } from "richtext/captions";
import { element, labelled, openDialog } from "richtext/dialogs";
import { createFinder } from "richtext/finder";
import { dialogCommand, tools } from "richtext/tools";
import { openUploadDialog, pictureFiles, uploadButton } from "richtext/uploads";

/** Whether the server would store this source: an image record, or a path of this site. */
function isStorable(source, kind) {
  return source?.startsWith(`ref:${kind}/`) || /^\/(?![/\\])[^\s\\]*$/.test(source ?? "");
}

const currentFigure = (state) => enclosing(state, "figure");
const isPicture = (node) => node?.type.name === "picture";
const hasCaption = (figure) => figure?.node.lastChild.type.name === "figureCaption";
const isGallery = (figure) => figure?.node.childCount - Number(hasCaption(figure)) > 1;

const isOneOfSeveral = ({ selection: { node, $from } }) => isPicture(node) && isGallery({ node: $from.parent });

/** The figure at the cursor; of one within a gallery, the gallery. */
function currentGallery(state) {
  const figure = currentFigure(state);
  const place = figure && state.doc.resolve(figure.position);
  return place?.parent.type.name === "figure" ? { node: place.parent, position: place.before() } : figure;
}

/** The selected picture of a figure, else its first: {node, position}. */
function currentPicture({ selection }, figure) {
  let { node, position } = isPicture(selection.node) ? { node: selection.node, position: selection.from } : figure;
  for (; !isPicture(node); position += 1) node = node.firstChild;
  return { node, position };
}

/** Remove the current picture of a gallery, else the whole figure. */
function removePicture(editor) {
  const figure = currentFigure(editor.state);
  const { position } = isGallery(figure) ? currentPicture(editor.state, figure) : figure;
  return editor.chain().focus().setNodeSelection(position).deleteSelection().run();
}

/** Insert an image after the block at `position`, with the cursor in its caption; return the end. */
function insertFigure(editor, position, attrs) {
  const content = [{ type: "picture", attrs }, { type: "figureCaption" }];
  return insertBlock(editor, position, { type: "figure", content }, 3);
}

/** Upload image files one by one, and insert them after the block at `position`. */
function insertFiles(editor, files, position, options, done = 0) {
  const [file, ...others] = files;
  const total = done + files.length;
  let next = position;
  openUploadDialog(editor, file, {
    ...options,
    place: total > 1 ? ` (${done + 1} of ${total})` : "",
    onStored(attrs) {
      next = insertFigure(editor, position, attrs);
    },
    onClose() {
      // After this dialog has closed, since two at once would compete for the focus.
      if (others.length) window.setTimeout(() => insertFiles(editor, others, next, options, done + 1));
    },
  });
}

function openPictureDialog(editor, options) {
  const { findUrl, kind } = options;
  const figure = currentFigure(editor.state);
  const picture = figure && currentPicture(editor.state, figure);
  const chosen = { src: picture?.node.attrs.src ?? "", alt: picture?.node.attrs.alt ?? "" };
  const search = labelled("Find an image by description, credit, file or tag", { type: "search" });
  const alt = labelled(
    "Alternative text for this place",
    { value: chosen.alt, maxLength: 300 },
    "If empty, the image’s own alternative text is used.",
  );
  const finder = createFinder(search.input, {
    url: findUrl,
    kind,
    isGrid: true,
    onPick(record, picked) {
      chosen.src = `ref:${record.ref}`;
      alt.input.value = record.alt ?? "";
      for (const other of picked.closest("ul").querySelectorAll("button")) {
        other.setAttribute("aria-pressed", String(other === picked));
      }
      alt.input.focus();
    },
  });
  const upload = uploadButton((file) => {
    const position = figure ? figure.position + 1 : editor.state.selection.from;
    dialog.close();
    insertFiles(editor, [file], position, options);
  });
  const dialog = openDialog(editor, {
    title: figure ? "Edit image" : "Image",
    content: [search.field, ...finder.nodes, alt.field],
    submitText: figure ? "Save" : "Insert",
    extraButtons: upload,
    actions: figure ? { "Remove image": () => removePicture(editor) } : {},
    async onSubmit() {
      if (!chosen.src) return (await finder.takeOnly()) ? "" : "Choose one of the images first.";
      const attrs = { src: chosen.src, alt: alt.input.value.trim() };
      if (!figure) insertFigure(editor, editor.state.selection.from, attrs);
      else editor.chain().setNodeSelection(picture.position).updateAttributes("picture", attrs).run();
    },
  });
  finder.refresh();
}

/** Choose several images: for a new gallery, or for the figure at the cursor. */
function openGalleryDialog(editor, { findUrl, kind }) {
  const figure = currentGallery(editor.state);
  const chosen = new Map();
  const search = labelled("Find images by description, credit, file or tag", { type: "search" });
  const count = element("p", { className: "richtext-dialog__help", role: "status" });
  const finder = createFinder(search.input, {
    url: findUrl,
    kind,
    isGrid: true,
    onShown: number,
    onPick(record, picked) {
      if (!chosen.delete(record.ref)) chosen.set(record.ref, { type: "picture", attrs: { src: `ref:${record.ref}`, alt: record.alt ?? "" } });
      number(picked.closest("ul"));
      count.textContent = `${chosen.size} chosen, numbered in their order.`;
    },
  });
  function number(list) {
    const order = [...chosen.keys()];
    for (const each of list.querySelectorAll("button")) {
      each.dataset.place = order.indexOf(each.dataset.ref) + 1 || "";
      each.setAttribute("aria-pressed", String(chosen.has(each.dataset.ref)));
    }
  }
  openDialog(editor, {
    title: figure ? "Add images to the gallery" : "Gallery",
    content: [search.field, ...finder.nodes, count],
    submitText: figure ? "Add" : "Insert",
    onSubmit() {
      if (chosen.size < (figure ? 1 : 2)) return figure ? "Choose an image first." : "Choose two images or more.";
      const pictures = [...chosen.values()];
      if (!figure) {
        const content = [...pictures, { type: "figureCaption" }];
        insertBlock(editor, editor.state.selection.from, { type: "figure", content }, pictures.length + 2);
        return;
      }
      const end = figure.position + figure.node.nodeSize - 1 - (hasCaption(figure) ? figure.node.lastChild.nodeSize : 0);
      editor.view.dispatch(editor.state.tr.insert(end, pictures.map((picture) => editor.schema.nodeFromJSON(picture))));
    },
  });
  finder.refresh();
}

export const Figure = Node.create({
  name: "figure",
  group: "block",
  content: "(picture | figure)+ figureCaption?", // a picture of a gallery with a caption of its own is a figure
  draggable: true,
  isolating: true,

  addAttributes() {
    const parseHTML = (dom) => dom.dataset.width ?? null;
    return { width: { default: null, parseHTML, renderHTML: ({ width }) => (width ? { "data-width": width } : {}) } };
  },

  addProseMirrorPlugins() {
    const { editor, options } = this;
    const takeFiles = (files, position) => {
      if (!files.length) return false;
      insertFiles(editor, files, position, options);
      return true;
    };
    return [
      new Plugin({
        props: {
          handleDrop(view, event, slice, isMoved) {
            const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
            return !isMoved && takeFiles(pictureFiles(event.dataTransfer), place?.pos ?? view.state.selection.from);
          },
          // Word processors also put an image of the copied text on the clipboard.
          handlePaste(view, event) {
            const isText = event.clipboardData?.getData("text/plain").trim();
            return !isText && takeFiles(pictureFiles(event.clipboardData), view.state.selection.from);
          },
        },
      }),
    ];
  },

  parseHTML() {
    const holdsPicture = (dom) => [...dom.querySelectorAll("img")].some((img) => isStorable(img.getAttribute("src"), this.options.kind));
    return [{ tag: "figure", getAttrs: (dom) => (holdsPicture(dom) ? null : false) }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes, 0];
  },

  addKeyboardShortcuts() {
    // Else an image without a source would stay, since a figure needs one.
    const remove = ({ editor }) => isPicture(editor.state.selection.node) && removePicture(editor);
    return { Delete: remove, Backspace: remove };
  },

  addCommands() {
    return {
      insertFigure: () => dialogCommand(currentFigure, (editor) => openPictureDialog(editor, this.options)),
      addPictures: () => dialogCommand(currentFigure, (editor) => openGalleryDialog(editor, this.options)),
    };
  },

  ...tools(({ widths }) => [
    {
      name: "figure",
      icon: "image",
      label: "Image",
      run: "insertFigure",
      active: (editor) => editor.isActive("figure"),
      slash: { name: "image", words: "picture figure photo" },
    },
    {
      name: "figure:add",
      groups: "figure",
      icon: "add_photo_alternate",
      label: "More images: a gallery",
      run: "addPictures",
      slash: { name: "gallery", title: "Gallery", words: "images pictures photos", icon: "photo_library" },
    },
    ...Object.entries(widths).map(([width, label]) => {
      const isSo = ({ state }) => currentGallery(state)?.node.attrs.width === width;
      const change = (editor) => editor.chain().focus().updateAttributes("figure", { width: isSo(editor) ? null : width }).run();
      return { name: `figure:${width}`, groups: "figure", label, command: change, active: isSo };
    }),
    {
      name: "figureCaption",
      groups: "figure",
      icon: "subtitles",
      label: "Image caption",
      command: (editor) => {
        const chain = editor.chain().focus();
        return (isOneOfSeveral(editor.state) ? chain.wrapIn("figure") : chain).toggleFigureCaption().run();
      },
      active: ({ state }) => hasCaption(currentFigure(state)) && !isOneOfSeveral(state),
    },
  ]),
});

export const Picture = Node.create({
  name: "picture",

  addAttributes() {
    return { src: { default: null }, alt: { default: "" } };
  },

  parseHTML() {
    const isOurs = (img) => isStorable(img.getAttribute("src"), this.options.kind);
    return [{ tag: "img[src]", getAttrs: (img) => (isOurs(img) ? null : false) }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["img", HTMLAttributes];
  },

  addNodeView() {
    const { kind, fileUrl } = this.options;
    const shownSource = ({ src }) => {
      const key = src?.startsWith(`ref:${kind}/`) && src.split("/").pop();
      return key ? fileUrl.replace(/\/0\/(?!.*\/0\/)/, `/${encodeURIComponent(key)}/`) : src;
    };
    return ({ node, editor, getPos }) => {
      const dom = element("img", { className: "richtext-picture", draggable: false });
      const show = ({ attrs }) => {
        if (dom.getAttribute("src") !== shownSource(attrs)) dom.src = shownSource(attrs) ?? "";
        dom.alt = attrs.alt ?? "";
        dom.title = attrs.alt ? `Alternative text: ${attrs.alt}` : "No alternative text (decoration)";
      };
      show(node);
      // The caption with the caret moves down once the image has its height.
      dom.addEventListener("load", () => editor.isFocused && dom.parentElement?.contains(editor.view.domAtPos(editor.state.selection.from).node) && editor.commands.scrollIntoView());
      dom.addEventListener("dblclick", () => {
        editor.chain().setNodeSelection(getPos()).insertFigure().run();
      });
      return {
        dom,
        update(changed) {
          if (changed.type.name !== "picture") return false;
          show(changed);
          return true;
        },
      };
    };
  },
});

export const FigureCaption = captionOf("figure", {
  name: "figureCaption",
  tag: "figcaption",
  command: "toggleFigureCaption",
});
