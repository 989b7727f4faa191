% Take away what cells put in the place of Octave's own functions and the kernel's.
function put_back (own)
  % `builtin` stands for no function of a cell, once it and what it needs are Octave's again.
  for name = {"clear", "munlock", "builtin"}
    munlock (name{1});
    clear ("-functions", name{1});
  end
  builtin ("path", own.places);
  builtin ("cd", own.folder);
  for name = guarded ()
    builtin ("munlock", name{1});
    builtin ("clear", "-functions", name{1});
    builtin ("evalin", "base", ["builtin (\"clear\", \"-variables\", \"" name{1} "\")"]);
    [~, ~] = builtin ("unlink", [name{1} ".m"]);
  end
  builtin ("confirm_recursive_rmdir", false);
  % Such folders hold functions for all values of a type.
  for folder = builtin ("glob", "@*")'
    [~, ~] = builtin ("rmdir", folder{1}, "s");
  end
  builtin ("format");
end
