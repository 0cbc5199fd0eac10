"""Tests in a real Chromium. A package, so that its browser closes before other tests begin."""
