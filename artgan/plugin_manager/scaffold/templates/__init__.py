"""What ``artgan plugins new`` writes, as working files.

``plugin`` is a whole package with every kind; ``single`` has the kinds whose code differs where a
plugin is one file; ``project`` has what stands around a package. ``template-name`` stands for the
name of the contributions, the path of ``plugin`` for the package's module.
"""
