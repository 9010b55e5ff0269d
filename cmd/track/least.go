package main

import "C" // for the C file beside this one
