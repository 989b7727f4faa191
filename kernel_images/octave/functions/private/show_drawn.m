% Show each figure that the cell drew, and close it.
function show_drawn ()
  try
    for number = sort (get (0, "children")')
      file = [tempname() ".png"];
      set (0, "currentfigure", number);
      drawnow ("pngcairo size 640,440", file);
      tell (["picture " file]);
    end
  catch problem
    fprintf (stderr, "the picture could not be drawn: %s\n", problem.message);
  end
  close ("all", "force");
end
