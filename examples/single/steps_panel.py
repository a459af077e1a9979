from artgan.plugin import Panel, hookimpl

HTML = """
<p id="said"></p>
<script>
const facts = JSON.parse(document.getElementById("facts").textContent);
const said = `${facts.run.name}: ${facts.run.step} of ${facts.run.steps} steps`;
document.getElementById("said").textContent = said;
</script>
"""


@hookimpl
def artgan_panels():
    yield Panel(name="steps", summary="How far it came", html=HTML, sees=("run",), height=60)
