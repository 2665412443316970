package dev.tokentape.standalone.stack;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An archive of the classes loaded so far, with which the next start takes about half the time.
 *
 * <p>The launcher asks for it, by naming a file, where there is none that fits. The JVM would also write one by itself
 * at its end, but then after a start that failed too, and every start would use that poor one ever after.
 */
public final class StartupArchive {

    private static final Logger log = LoggerFactory.getLogger(StartupArchive.class);
    private static final String WANTED = "tokentape.startup-archive";

    private StartupArchive() {}

    /** Whether the launcher has asked for it. */
    public static boolean wanted() {
        return System.getProperty(WANTED) != null;
    }

    /**
     * Writes it, in about two seconds, in which nothing else runs; a failure is logged and costs only start-up time.
     */
    public static void record() {
        Path archive = Path.of(System.getProperty(WANTED, ""));
        Path unfinished = archive.resolveSibling(
                archive.getFileName() + "." + ProcessHandle.current().pid());
        PrintStream standardOutput = System.out;
        // The JDK announces the file on the standard output, where only results belong.
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmCds",
                            new Object[] {new String[] {"dynamic_dump", unfinished.toString()}},
                            new String[] {String[].class.getName()});
            Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (JMException | IOException e) {
            log.atInfo().addKeyValue("file", archive).setCause(e).log("no start-up archive was written");
        } finally {
            System.setOut(standardOutput);
        }
    }
}
