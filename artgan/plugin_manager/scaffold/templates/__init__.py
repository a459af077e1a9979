"""What ``artgan plugins new`` writes, as working files.

``plugin`` is a package with every kind; ``single`` has the code that differs where a plugin is one
file; ``project`` has the files around a package. ``template-name`` stands for the name of the
contributions, the path of ``plugin`` for the package's module.
"""
