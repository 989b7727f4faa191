% Variables of the process as a JSON object, with its signs encoded as in an address.
function set_variables (encoded)
  [parts, codes] = strsplit (encoded, '%[0-9A-Fa-f]{2}', "delimitertype", "regularexpression", "collapsedelimiters", false);
  signs = cellfun (@(code) char (hex2dec (code(2:3))), codes, "uniformoutput", false);
  variables = jsondecode ([[parts; [signs {""}]]{:}], "makeValidName", false);
  for [value, name] = variables
    setenv (name, value);
  end
end
