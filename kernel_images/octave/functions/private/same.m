% Whether two values are the same: numbers may differ by 1e-9 of their size, of whichever type they are.
function is_same = same (got, wanted)
  is_same = false;
  if (isobject (got) || isobject (wanted) || isjava (got) || ! isequal (size (got), size (wanted)))
    return;
  end
  if (is_number (got) && is_number (wanted))
    is_same = close_to (double (full (got(:))), double (full (wanted(:))));
  elseif (iscell (got) && iscell (wanted))
    is_same = all (cellfun (@same, got(:), wanted(:)));
  elseif (isstruct (got) && isstruct (wanted))
    names = sort (fieldnames (got));
    is_same = isequal (names, sort (fieldnames (wanted))) && ...
              all (cellfun (@(name) same ({got.(name)}, {wanted.(name)}), names));
  else
    is_same = strcmp (class (got), class (wanted)) && isequal (got, wanted);
  end
end

function is_it = is_number (value)
  is_it = isnumeric (value) || islogical (value);
end

function is_close = close_to (got, wanted)
  is_close = isequal (isnan (got), isnan (wanted)) && ...
             all (isnan (wanted) | got == wanted | abs (got - wanted) <= 1e-9 * max (1, abs (wanted)));
end
