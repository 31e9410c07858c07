from publishing.drawings.drawing import Drawing, drawing_about
