package dev.tokentape.cli.command;

import dev.tokentape.cli.settings.Service;
import java.util.List;

/** A command with settings, which its help lists. */
public interface HasSettings {

    /** Whose settings they are. */
    List<Service> readers();
}
