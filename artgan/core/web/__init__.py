"""A trained generator as one web page that needs neither server nor network.

``graph`` turns any generator into a list of a few kinds of operation; ``runtime.js`` computes them;
``page.html`` is what one sees.
"""
