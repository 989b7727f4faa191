% A value in a few words.
function text = brief (value)
  if (ischar (value) && rows (value) <= 1)
    text = ['"' value '"'];
  elseif (ischar (value))
    text = brief (cellstr (value));
  elseif ((isnumeric (value) || islogical (value)) && ndims (value) == 2)
    text = mat2str (decimal (full (value)), 10);
  elseif (iscell (value))
    parts = cellfun (@brief, value(:)', "uniformoutput", false);
    text = ["{" strjoin(parts, ", ") "}"];
  else
    text = ["a " class(value) " of size " mat2str(size (value))];
    if (isstruct (value) && isscalar (value))
      text = ["{" strjoin(cellfun (@(name) [name ": " brief(value.(name))], fieldnames (value)', ...
                                   "uniformoutput", false), ", ") "}"];
    end
  end
  if (length (text) > 200)
    text = [text(1:197) "..."];
  end
end

% `mat2str` refuses whole numbers' types where it is told how many digits to write.
function value = decimal (value)
  if (isinteger (value))
    value = double (value);
  end
end
