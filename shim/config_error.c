#include "config_parts.h"

#include <string.h>

#include "line.h"

#define FOUND_MAX 24   /* bytes of the text that are shown */
#define KNOWN_MAX 32   /* bytes of the longest known name, and some */
#define PATH_SHOWN 128 /* bytes of a file name that are shown */

static struct line error_line(struct config_error *error)
{
	return line_in(error->text, sizeof(error->text) - 1);
}

static bool finish(struct config_error *error, const struct line *line)
{
	error->text[line->length] = '\0';
	return false;
}

/* At most `max` bytes, and a sign that there were more. */
static void add_text(struct line *line, const char *text, size_t n, size_t max)
{
	line_quoted(line, text, n < max ? n : max);
	if (n > max)
		line_text(line, "...");
}

static void add_place(struct line *line, const struct place *place)
{
	if (place->file) {
		add_text(line, place->file, strlen(place->file), PATH_SHOWN);
		line_text(line, " line ");
		line_number(line, place->line);
		line_text(line, place->variable ? ": " : "");
	}
	if (place->variable) {
		line_text(line, CONFIG_PREFIX);
		line_text(line, place->variable);
	}
}

static bool ends_token(char c)
{
	return c && strchr(",;+>)= \t\n", c);
}

/* What stands at the cursor, as far as a person would take it for one thing: "lenght-field(", or one
 * separator. */
static size_t token_length(const struct parse *parse)
{
	size_t left = (size_t)(parse->end - parse->at);
	size_t n = 1;

	if (ends_token(parse->at[0]))
		return n;
	while (n < left && parse->at[n - 1] != '(' && !ends_token(parse->at[n]))
		n++;
	return n;
}

static void add_found(struct line *line, const struct parse *parse)
{
	line_text(line, ": found ");
	if (parse_at_end(parse)) {
		line_text(line, "end of text");
		return;
	}
	line_text(line, "\"");
	add_text(line, parse->at, token_length(parse), FOUND_MAX);
	line_text(line, "\"");
}

bool config_error_parse(struct config_error *error, const struct place *place, const struct parse *parse)
{
	struct line line = error_line(error);

	add_place(&line, place);
	line_text(&line, ", column ");
	line_number(&line, (uint64_t)(parse->at - parse->start) + 1);
	add_found(&line, parse);
	line_text(&line, ", expected ");
	line_text(&line, parse->expected);
	return finish(error, &line);
}

bool config_error_file(struct config_error *error, const char *path, const char *what, int number)
{
	struct line line = error_line(error);

	line_text(&line, CONFIG_PREFIX "CONFIG, column 1: found \"");
	add_text(&line, path, strlen(path), PATH_SHOWN);
	line_text(&line, number ? "\" (" : "\"");
	if (number) {
		line_errno(&line, number);
		line_text(&line, ")");
	}
	line_text(&line, ", expected ");
	line_text(&line, what);
	return finish(error, &line);
}

unsigned config_find_variable(const char *name, size_t n)
{
	const size_t prefix = strlen(CONFIG_PREFIX);
	unsigned row = CONFIG_VARIABLES;

	if (n <= prefix || memcmp(name, CONFIG_PREFIX, prefix) != 0)
		return row;
	for (row = 0; row < CONFIG_VARIABLES; row++)
		if (strlen(config_variables[row].name) == n - prefix &&
		    memcmp(config_variables[row].name, name + prefix, n - prefix) == 0)
			break;
	return row;
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Edit distance between a known name and name[0..n), in which small letters count as capitals. */
static unsigned distance(const struct line *known, const char *name, size_t n)
{
	unsigned row[KNOWN_MAX + 1];

	for (unsigned i = 0; i <= known->length; i++)
		row[i] = i;
	for (size_t j = 0; j < n; j++) {
		unsigned diagonal = row[0]++;

		for (size_t i = 0; i < known->length; i++) {
			unsigned replaced = diagonal + (known->text[i] != upper(name[j]));

			diagonal = row[i + 1];
			row[i + 1] = least(replaced, row[i] + 1, diagonal + 1);
		}
	}
	return row[known->length];
}

/* The known name nearest to name[0..n), if at most two edits lie between them. */
static const char *similar(const char *name, size_t n, enum config_row first)
{
	const char *best = NULL;
	unsigned best_distance = 3;

	for (enum config_row row = first; row < CONFIG_VARIABLES && n <= KNOWN_MAX + 2; row++) {
		char text[KNOWN_MAX];
		struct line known = line_in(text, sizeof(text));
		unsigned edits;

		line_text(&known, CONFIG_PREFIX);
		line_text(&known, config_variables[row].name);
		edits = distance(&known, name, n);
		if (edits < best_distance) {
			best_distance = edits;
			best = config_variables[row].name;
		}
	}
	return best;
}

bool config_error_name(struct config_error *error, const struct place *place, const char *name, size_t n)
{
	struct line line = error_line(error);
	enum config_row first = place->file ? ROW_CONFIG + 1 : ROW_CONFIG;
	const char *best = similar(name, n, first);

	add_place(&line, place);
	line_text(&line, place->file ? ": found \"" : "environment: found \"");
	add_text(&line, name, n, FOUND_MAX);
	line_text(&line, "\", expected " CONFIG_PREFIX " and one of ");
	for (enum config_row row = first; row < CONFIG_VARIABLES; row++) {
		line_text(&line, row > first ? ", " : "");
		line_text(&line, config_variables[row].name);
	}
	if (best) {
		line_text(&line, "; did you mean " CONFIG_PREFIX);
		line_text(&line, best);
		line_text(&line, "?");
	}
	return finish(error, &line);
}
