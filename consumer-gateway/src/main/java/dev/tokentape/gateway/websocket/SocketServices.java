package dev.tokentape.gateway.websocket;

import dev.tokentape.gateway.auth.Guard;
import dev.tokentape.gateway.command.AskRate;
import dev.tokentape.gateway.command.AskReader;
import dev.tokentape.gateway.command.AskSending;
import dev.tokentape.gateway.command.Cancelling;
import dev.tokentape.gateway.command.Continuing;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.command.Parsing;
import dev.tokentape.gateway.history.CurrentResponses;
import dev.tokentape.gateway.http.ByteBudget;
import dev.tokentape.gateway.stream.StreamMeters;
import dev.tokentape.gateway.tape.Tape;
import java.time.Duration;

/**
 * What all sockets share.
 *
 * @param bodies counts what messages take
 * @param keepAlive how long a socket stays silent at most
 * @param patience how long an answer that nobody knows may take to appear
 * @param maxSubscriptions of one socket
 * @param maxMessageBytes of one message, in however many frames
 */
public record SocketServices(
        Tape tape,
        Guard guard,
        Intake intake,
        AskRate rate,
        AskSending asking,
        Continuing continuing,
        Cancelling cancelling,
        CurrentResponses answers,
        AskReader askReader,
        Parsing parsing,
        ByteBudget bodies,
        StreamMeters meters,
        Duration keepAlive,
        Duration patience,
        int maxSubscriptions,
        int maxMessageBytes) {}
