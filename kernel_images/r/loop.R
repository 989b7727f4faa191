# The R that runs a kernel's cells, one after another. One descriptor names each cell's file, the other tells what came of
# it: `failed LINE KIND MESSAGE`, `unmet MESSAGE`, `result VALUE`, `picture FILE`, `ask PROMPT`, and `end NUMBER` at last.
local(envir = new.env(parent = baseenv()), {
  words <- commandArgs(trailingOnly = TRUE)
  told <- fifo(paste0("/dev/fd/", words[1]), "w", blocking = TRUE)
  asked <- fifo(paste0("/dev/fd/", words[2]), "r", blocking = TRUE)
  pristine <- list()
  build <- function() {
    made <- new.env(parent = baseenv())
    made$told <- told
    made$asked <- asked
    made$pristine <- pristine
    sys.source(words[3], made)
    lockEnvironment(made, bindings = TRUE)
    made
  }
  pristine <- build()$remember()
  for (name in c("words", "told", "asked", "pristine", "build")) lockBinding(name, environment())

  work <- function() {
    made <- build()
    made$begin()
    repeat {
      command <- readLines(asked, 1)
      if (!length(command)) break
      said <- strsplit(command, " ", fixed = TRUE)[[1]]
      switch(said[1],
        cell = {
          try(made$run(said[3]), silent = TRUE)
          try(made$show_drawn(), silent = TRUE)
          flush(stdout())
          made$tell("end ", said[2])
        },
        close = made$tell("closed ", said[2]),
        reset = {
          made <- build()
          made$reset()
        },
        environment = made$set_variables(said[2])
      )
    }
  }
  work()
})
