from catalog.admin import model, names, offering, runs
