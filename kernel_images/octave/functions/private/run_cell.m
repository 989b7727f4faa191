% Run a cell where its names stay; tell why it failed.
function run_cell (file)
  % A file that begins with a function would be taken for that function's own.
  first = "if 0,end;";
  text = fileread (file);
  written = fopen (file, "w");
  fputs (written, [first text]);
  fclose (written);
  try
    __parse_file__ (file);
  catch problem
    fail_to_read (problem.message, text, first);
    return;
  end
  try
    builtin ("evalin", "base", ["source ('" file "');"]);
  catch problem
    tell (sprintf ("failed %d Error %s", line_in (problem.stack, file), first_part (problem.message)));
  end
end

% What is open at the end of the cell is missed only behind it.
function fail_to_read (message, text, first)
  found = regexp (message, '^parse error near line (\d+) of file \S+\s+([^\n]*)(?:\s*>>> ([^\n]*))?', "tokens", "once");
  if (isempty (found))
    tell (["failed 0 SyntaxError " message]);
    return;
  end
  line = str2double (found{1});
  last = find (! cellfun (@(line) isempty (strtrim (line)), strsplit (text, "\n")), 1, "last");
  if (line > last)
    tell (sprintf ("failed %d SyntaxError the cell ends too early", last));
  else
    tell (sprintf ("failed %d SyntaxError %s: %s", line, found{2}, strrep ([found{3:end}], first, "")));
  end
end

% Without what Octave adds on places, usage, and where functions could be found.
function text = first_part (message)
  unmet = regexp (message, '^ASSERT errors for:\s+(assert .*?)\n\n.*?([^|\n]*\S)\s*$', "tokens", "once");
  if (! isempty (unmet))
    text = [unmet{1} " failed:" regexprep(unmet{2}, '^.*\s{2,}', " ")];
    return;
  end
  text = regexprep (message, {'\n\n.*', ' near line \d+, column \d+', '\.?\s+Correct usage is:.*'}, "");
  text = strtrim (text);
end

% The line of this cell that is deepest inside; 0 where none is.
function line = line_in (stack, file)
  line = 0;
  for k = 1:numel (stack)
    if (stack(k).line > 0 && strcmp (stack(k).file, file))
      line = stack(k).line;
      return;
    end
  end
end
