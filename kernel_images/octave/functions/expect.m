% expect (square (3), 9)
function expect (got, wanted)
  if (nargin != 2)
    error ("expect takes two values, what there is and what there should be");
  end
  if (! same (got, wanted))
    message = ["expected " brief(wanted) ", got " brief(got)];
    tell (["unmet " message]);
    error ("%s", message);
  end
end
