package dev.tokentape.standalone.command;

import dev.tokentape.standalone.settings.Service;
import java.util.List;

/** A command with settings, which its help lists. */
public interface HasSettings {

    /** Whose settings they are. */
    List<Service> readers();
}
