% Ask the learner: `input (PROMPT)` gives the value of what they write, `input (PROMPT, "s")` the text itself.
function value = input (prompt = "", kind = "")
  tell (["ask " prompt]);
  answer = hear ();
  if (! strncmp (answer, "answer ", 7))
    error ("nobody can answer");
  end
  value = answer(8:end);
  if (! strcmp (kind, "s"))
    if (isempty (strtrim (value)))
      value = [];
    else
      value = evalin ("caller", value);
    end
  end
end
