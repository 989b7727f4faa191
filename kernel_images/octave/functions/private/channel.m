% The descriptor by which the kernel is told, or by which it asks. Locked, so that `clear all` leaves it.
function number = channel (name, given)
  persistent numbers = struct ();
  mlock ();
  if (nargin == 2)
    numbers.(name) = given;
  end
  number = numbers.(name);
end
