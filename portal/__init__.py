"""Foreword: a library's community proposes programs, backs them, and sees them happen."""
