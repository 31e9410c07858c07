// Images: figure > picture + optional caption. An image is stored by the key of its record and loaded from the admin.
import { Node, Plugin, mergeAttributes } from "django-prose-editor/editor";
import { captionOf, enclosing, insertBlock } from "richtext/captions";
import { button, element, labelled, openDialog } from "richtext/dialogs";
import { createFinder } from "richtext/finder";
import { openUploadDialog, pictureFiles, uploadButton } from "richtext/uploads";

/** Whether the server would store this source: an image record, or a path of this site. */
function isStorable(source, kind) {
  return source?.startsWith(`ref:${kind}/`) || /^\/(?![/\\])[^\s\\]*$/.test(source ?? "");
}

const currentFigure = (state) => enclosing(state, "figure");

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
  const chosen = { src: figure?.node.firstChild.attrs.src ?? "", alt: figure?.node.firstChild.attrs.alt ?? "" };
  const search = labelled("Find an image by its name", { type: "search" });
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
  const remove = () => editor.chain().focus().setNodeSelection(figure.position).deleteSelection().run();
  const dialog = openDialog(editor, {
    title: figure ? "Edit image" : "Image",
    content: [search.field, ...finder.nodes, alt.field],
    submitText: figure ? "Save" : "Insert",
    extraButtons: upload,
    actions: figure ? { "Remove image": remove } : {},
    onSubmit() {
      if (!chosen.src) return "Choose one of the images first.";
      const attrs = { src: chosen.src, alt: alt.input.value.trim() };
      if (!figure) insertFigure(editor, editor.state.selection.from, attrs);
      else editor.chain().setNodeSelection(figure.position + 1).updateAttributes("picture", attrs).run();
    },
  });
  finder.refresh();
}

export const Figure = Node.create({
  name: "figure",
  group: "block",
  content: "picture figureCaption?",
  draggable: true,
  isolating: true,

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

  renderHTML() {
    return ["figure", 0];
  },

  addCommands() {
    return {
      insertFigure: () => ({ editor, state, dispatch }) => {
        const isPossible = Boolean(currentFigure(state)) || state.selection.$from.depth < 2;
        if (isPossible && dispatch) openPictureDialog(editor, this.options);
        return isPossible;
      },
    };
  },

  addSlashItems() {
    const isPossible = (editor) => editor.can().insertFigure();
    const run = (editor) => editor.commands.insertFigure();
    return [{ name: "image", title: "Image", words: "picture figure photo", icon: "image", isPossible, run }];
  },

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "figure",
      groups: "nodes",
      button: buttons.material("image", "Image"),
      command: (editor) => editor.commands.insertFigure(),
      active: (editor) => editor.isActive("figure"),
      enabled: (editor) => editor.can().insertFigure(),
    });
    menu.defineItem({
      name: "figureCaption",
      groups: "nodes",
      button: buttons.material("subtitles", "Image caption"),
      command: (editor) => editor.chain().focus().toggleFigureCaption().run(),
      active: (editor) => currentFigure(editor.state)?.node.childCount > 1,
      hidden: (editor) => !currentFigure(editor.state),
    });
  },
});

export const Picture = Node.create({
  name: "picture",
  draggable: false,
  selectable: true,

  addAttributes() {
    return { src: { default: null }, alt: { default: "" } };
  },

  parseHTML() {
    const isOurs = (img) => isStorable(img.getAttribute("src"), this.options.kind);
    return [{ tag: "img[src]", getAttrs: (img) => (isOurs(img) ? null : false) }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["img", mergeAttributes(HTMLAttributes)];
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
  context: "figure/",
  isFirst: false,
  command: "toggleFigureCaption",
  leave(editor) {
    const { node, position } = currentFigure(editor.state);
    const end = position + node.nodeSize;
    return editor.chain().insertContentAt(end, { type: "paragraph" }).focus(end + 1).run();
  },
});
