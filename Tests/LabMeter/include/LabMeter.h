#pragma once

/// The subcommands, each with the words behind its name; the result is the exit code.
int bare(int count, char **words);
int tap(int count, char **words);
int request(int count, char **words);
int serve(int count, char **words);
int rate(int count, char **words);
int arrivals_of_checks(int count, char **words);
int hang(int count, char **words);
int syns(int count, char **words);
int acknowledgements(int count, char **words);
int handshakes(int count, char **words);

/// Seconds since 1970.
double now(void);
/// Says what failed, with errno's words; 1.
int failed(const char *what);
