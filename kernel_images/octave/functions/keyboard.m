% Octave would wait for commands at a keyboard that a cell does not have.
function keyboard (varargin)
  error ("keyboard: a cell cannot be halted; print what you want to see");
end
