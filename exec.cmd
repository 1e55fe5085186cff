@rem Scripts of package.json begin with exec, so that signals reach the program and not a shell before it. Windows has
@rem no such word: there it is this file, which passes on its arguments and the exit code.
@%*
