package dev.tokentape.cli.command;

import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands and options in a shell. */
@Command(
        name = "completion",
        description = "Print a script that completes commands and options in a shell.",
        footer = {
            "%nFor this shell only, or in the shell's start file for every one to come:",
            "  bash  source <(tokentape completion bash)       in ~/.bashrc",
            "  zsh   source <(tokentape completion zsh)        in ~/.zshrc, after compinit",
            "  fish  tokentape completion fish | source        in ~/.config/fish/config.fish",
            "%nThe scripts complete the word tokentape, also as ./tokentape."
        })
public final class CompletionCommand implements Callable<Integer> {

    private enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private final Terminal terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "bash|zsh|fish", description = "The shell.")
    private Shell shell = Shell.BASH;

    public CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (spec != null) {
            CommandLine root = spec.root().commandLine();
            terminal.out()
                    .print(
                            switch (shell) {
                                // One script for both: in zsh it switches bash's way of completing on.
                                case BASH, ZSH -> AutoComplete.bash(spec.root().name(), root);
                                case FISH -> new FishCompletion(spec.root()).script();
                            });
            terminal.out().flush();
        }
        return ExitCode.OK.number();
    }
}
