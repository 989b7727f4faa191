% What each cell finds, whatever the one before did.
function settle ()
  page_screen_output (false);
  page_output_immediately (true);
  crash_dumps_octave_core (false);
  debug_on_error (false);
  debug_on_warning (false);
  debug_on_interrupt (false);
  warning ("off", "backtrace");
  warning ("off", "Octave:gnuplot-graphics");
  set (0, "defaultfigurevisible", "off");
end
