% What there is before the first cell.
function own = pristine ()
  own.home = fileparts (fileparts (mfilename ("fullpath")));
  own.places = path ();
  own.folder = pwd ();
end
