"""Names of C that no cell may take: words of the language, and functions that checks rely on."""

_KEYWORDS = """
auto break case char const continue default do double else enum extern float for goto if int long return short
signed sizeof static struct switch typedef union unsigned void volatile while main true false bool _Generic
"""
_LIBRARY = """
abort abs acos asin atan atan2 atof atoi atol atoll bsearch calloc ceil cos exit exp fabs fclose fflush fgetc
fgets floor fmax fmin fmod fopen fprintf fputc fputs fread free fscanf fwrite getchar getenv isalnum isalpha
isdigit islower isspace isupper labs log log10 log2 malloc memchr memcmp memcpy memmove memset pow printf
putchar puts qsort rand realloc round scanf snprintf sprintf sqrt srand sscanf strcat strchr strcmp strcpy
strcspn strdup strlen strncat strncmp strncpy strrchr strspn strstr strtod strtok strtol sin tan tolower
toupper trunc dprintf vprintf _exit fopencookie fdopen setvbuf unsetenv
"""
_OWN = """
nexus_answers nexus_ask nexus_begin nexus_cell nexus_expect_float nexus_expect_int nexus_expect_text
nexus_told nexus_unmet
"""

KEYWORDS = frozenset(_KEYWORDS.split())
#: functions of the C library, and those of cell.h
FUNCTIONS = frozenset((*_LIBRARY.split(), *_OWN.split()))
