% The Octave that runs a kernel's cells, one after another. `asked` names each cell's file. `told` hears what came of it:
% `failed LINE KIND MESSAGE`, `unmet MESSAGE`, `result VALUE`, `picture FILE`, `ask PROMPT`, and `end NUMBER` at last.
function nexus_serve (told, asked)
  channel ("told", told);
  channel ("asked", asked);
  wait_for_cells (pristine (), 0);
end

% Only the clean-up of `unwind_protect` can go on after an interrupt. So the next cells are waited for in there.
function wait_for_cells (own, depth)
  max_recursion_depth (256 + depth);
  while (true)
    said = strsplit (hear (), " ");
    switch (said{1})
      case ""
        return;
      case "cell"
        is_over = false;
        settle ();
        unwind_protect
          run_cell (said{3});
          is_over = true;
        unwind_protect_cleanup
          % A cell may forget where functions are.
          builtin ("addpath", own.home);
          if (! is_over)
            tell ("failed 0 KeyboardInterrupt the cell was interrupted");
          end
          show_drawn ();
          tell (["end " said{2}]);
          if (! is_over)
            wait_for_cells (own, depth + 1);
          end
        end_unwind_protect
      case "close"
        tell (["closed " said{2}]);
      case "reset"
        put_back (own);
      case "environment"
        set_variables (said{2});
    end
  end
end
