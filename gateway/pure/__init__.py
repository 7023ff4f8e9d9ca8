"""The commands that need no home: files in, values out. They open no store and write no log."""
