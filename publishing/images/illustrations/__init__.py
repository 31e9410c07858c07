from publishing.images.illustrations.drawing import TITLE_ALONE, Drawing, drawing_about, drawing_of
