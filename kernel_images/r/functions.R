# What the R of a kernel does with its cells. It is read anew before each test, into an environment of its own whose
# enclosure is R's base: nothing that a cell changed is in it. `told` and `asked` are there, and `pristine`: R's own
# functions as they were at the start, and what `search()` said.
one_line <- function(...) gsub("[\r\n]+", " ", paste(c(...), collapse = ""))
tell <- function(...) writeLines(one_line(...), told)
brief <- function(value) {
  text <- paste(deparse(value, width.cutoff = 500L), collapse = " ")
  if (nchar(text) > 200) paste0(substr(text, 1, 199), "\u2026") else text
}

# Whether two values are the same. No method of a learner's class is asked; whole and decimal numbers may be equal.
same <- function(got, wanted) {
  if (is.object(got) || is.object(wanted)) {
    return(identical(attributes(got), attributes(wanted)) && same(unclass(got), unclass(wanted)))
  }
  if (is.numeric(got) && is.numeric(wanted)) {
    return(length(got) == length(wanted) && identical(names(got), names(wanted)) && identical(dim(got), dim(wanted)) &&
      identical(is.na(got), is.na(wanted)) && all(abs(got - wanted) <= 1e-9 * pmax(1, abs(wanted)) | got == wanted,
        na.rm = TRUE))
  }
  if (is.list(got) && is.list(wanted)) {
    return(length(got) == length(wanted) && identical(names(got), names(wanted)) &&
      all(as.logical(mapply(same, got, wanted))))
  }
  identical(got, wanted)
}

tools <- list(
  # expect(square(3), 9)
  expect = function(got, wanted) {
    if (missing(wanted)) stop("expect takes two values, what there is and what there should be")
    if (isTRUE(same(got, wanted))) return(invisible(TRUE))
    tell("unmet expected ", brief(wanted), ", got ", brief(got))
    stop("expected ", brief(wanted), ", got ", brief(got), call. = FALSE)
  },
  # points(1.5)
  points = function(value, ...) {
    if (...length() || !is.numeric(value) || length(value) != 1) return(graphics::points(value, ...))
    tell("result ", format(value, digits = 12))
    invisible(value)
  },
  readline = function(prompt = "") {
    tell("ask ", prompt)
    answer <- readLines(asked, 1)
    if (!length(answer) || !startsWith(answer, "answer ")) stop("nobody can answer", call. = FALSE)
    substring(answer, 8)
  }
)

# What tests are written with, and a cell could have put in its place.
guarded <- c(
  names(tools), "stopifnot", "identical", "all.equal", "isTRUE", "isFALSE", "stop", "warning", "tryCatch", "try", "if",
  "for", "while", "repeat", "function", "return", "(", "{", "<-", "=", "<<-", "==", "!=", "<", ">", "<=", ">=", "!", "&&",
  "||", "&", "|", "+", "-", "*", "/", "^", "%%", "%/%", "%in%", "[", "[[", "$", "@", ":", "::", ":::", "c", "list", "vector",
  "length", "names", "abs", "sum", "max", "min", "mean", "round", "any", "all", "is.na", "is.null", "is.function",
  "is.numeric", "is.character", "inherits", "class", "nchar", "paste", "paste0", "print", "cat", "seq", "seq_along", "rep",
  "rev", "sort", "order", "unique", "nrow", "ncol", "dim", "data.frame", "matrix", "sapply", "lapply", "vapply", "Map",
  "Reduce", "Filter", "do.call", "get", "exists", "eval", "quote", "invisible", "set.seed", "capture.output", "file.exists",
  "readLines", "writeLines", "identity", "T", "F", "pi", "assign", "lockBinding", "unlockBinding",
  "lockEnvironment", "parse", "new.env", "sys.source", "attach", "detach", "rm", "search", "setdiff", "startsWith",
  "attributes", "unclass", "is.object", "is.list", "is.expression", "mapply", "pmax", "as.logical", "as.vector", "deparse",
  "withVisible", "withCallingHandlers", "attr", "names", "strsplit", "switch", "environment"
)

# By R's own functions as they were at the start: those of now may be a cell's.
put_back <- function(functions, place) {
  unlock <- functions[["unlockBinding"]]
  put <- functions[["assign"]]
  lock <- functions[["lockBinding"]]
  for (name in names(functions)) {
    unlock(name, place)
    put(name, functions[[name]], envir = place)
    lock(name, place)
  }
}

begin <- function() {
  own <- attach(tools, name = "nexus", warn.conflicts = FALSE)
  lockEnvironment(own, bindings = TRUE)
  settle()
}

remember <- function() {
  found <- list()
  for (name in guarded) {
    if (exists(name, envir = baseenv(), inherits = FALSE)) found[[name]] <- get(name, envir = baseenv())
  }
  list(functions = found, places = search())
}

reset <- function() {
  put_back(pristine$functions, baseenv())
  for (name in guarded) {
    # A variable of such a name stands before no function.
    is_bent <- exists(name, envir = globalenv(), inherits = FALSE) &&
      (is.function(get(name, envir = globalenv())) || name %in% c("T", "F", "pi"))
    if (is_bent) {
      if (bindingIsLocked(name, globalenv())) unlockBinding(name, globalenv())
      rm(list = name, envir = globalenv())
    }
  }
  for (place in setdiff(search(), pristine$places)) {
    if (!startsWith(place, "package:")) detach(place, character.only = TRUE)
  }
  while (sink.number()) sink()
  begin()
}

drawn <- file.path(tempdir(), "plot-%03d.png")
settle <- function() {
  options(
    warn = 1, keep.source = TRUE, digits = 7, scipen = 0, error = NULL, width = 100, max.print = 2000,
    device = function(...) grDevices::png(drawn, width = 640, height = 440, type = "cairo")
  )
}

show_drawn <- function() {
  grDevices::graphics.off()
  for (file in sort(list.files(tempdir(), "^plot-[0-9]+[.]png$", full.names = TRUE))) tell("picture ", file)
}

# The line of this cell that a condition arose on: the deepest call that is written in it, else the statement.
line_in <- function(calls, file, line) {
  for (call in calls) {
    place <- attr(call, "srcref")
    if (!is.null(place) && identical(attr(place, "srcfile")$filename, file)) line <- place[1L]
  }
  line
}

# What is open at the end of the cell is missed only behind it.
fail_to_read <- function(problem, lines) {
  found <- regmatches(problem, regexec(":([0-9]+):[0-9]+: ([^\n]*)", problem))[[1]]
  line <- if (length(found) == 3) min(as.integer(found[2]), max(1, which(nzchar(trimws(lines))))) else 0
  tell("failed ", line, " SyntaxError ", if (line) found[3] else problem)
}

run <- function(file) {
  lines <- readLines(file, warn = FALSE, encoding = "UTF-8")
  cell <- tryCatch(
    parse(text = lines, keep.source = TRUE, srcfile = srcfilecopy(file, lines)),
    error = function(e) fail_to_read(conditionMessage(e), lines)
  )
  if (!is.expression(cell)) return()
  places <- attr(cell, "srcref")
  line <- 0L
  tryCatch(
    withCallingHandlers(
      for (number in seq_along(cell)) {
        line <- places[[number]][1L]
        shown <- withVisible(eval(cell[[number]], globalenv()))
        if (shown$visible) if (isS4(shown$value)) methods::show(shown$value) else print(shown$value)
      },
      error = function(e) line <<- line_in(sys.calls(), file, line)
    ),
    error = function(e) tell("failed ", line, " Error ", conditionMessage(e)),
    interrupt = function(i) tell("failed ", line, " KeyboardInterrupt the cell was interrupted")
  )
}

# Variables as a JSON object of texts, with its signs encoded as in an address.
set_variables <- function(encoded) {
  pairs <- utils::URLdecode(encoded)
  found <- regmatches(pairs, gregexpr('"([^"\\\\]|\\\\.)*"', pairs))[[1]]
  found <- gsub("\\\\(.)", "\\1", substr(found, 2, nchar(found) - 1))
  for (n in seq_len(length(found) / 2)) do.call(Sys.setenv, stats::setNames(list(found[2 * n]), found[2 * n - 1]))
}
