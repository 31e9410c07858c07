from publishing.images.illustrations.drawing import Drawing, drawing_about, drawing_of
