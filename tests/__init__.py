"""Tests of Variorum: real files, real servers."""
