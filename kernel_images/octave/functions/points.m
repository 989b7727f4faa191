% points (1.5)
function points (value)
  if (nargin != 1 || ! (isnumeric (value) && isscalar (value)))
    error ("points takes one number");
  end
  tell (["result " sprintf("%.12g", value)]);
end
