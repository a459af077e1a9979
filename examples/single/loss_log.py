from artgan.plugin import hookimpl


@hookimpl
def artgan_step_finished(report, folder):
    with (folder / "losses.csv").open("a") as file:
        file.write(f"{report.step},{report.discriminator_loss},{report.generator_loss}\n")
