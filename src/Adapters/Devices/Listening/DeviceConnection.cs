using System.Net;
using System.Net.Sockets;
using Adapters.Devices.Wire;

namespace Adapters.Devices.Listening;

/// <summary>One connection of a device, from its acceptance to its end.</summary>
internal sealed class DeviceConnection(Socket socket, IConversation conversation, TimeProvider clock) : IDisposable
{
    /// <summary>Between messages a device may be silent this long.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    /// <summary>A message once begun must be complete within this time.</summary>
    private static readonly TimeSpan Message = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    /// <summary>A message has been understood on it.</summary>
    public bool Talks { get; private set; }

    public DateTimeOffset LastHeard { get; private set; } = clock.GetUtcNow();

    /// <param name="said">Called after whatever was heard: what was wrong in it, and whether a message was understood.</param>
    /// <exception cref="OperationCanceledException">The device has been silent too long, or the port is closed.</exception>
    public async Task ServeAsync(Action<string?, bool> said, CancellationToken stop)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        var buffer = new byte[16 * 1024];
        DateTimeOffset? begun = null;
        while (true)
        {
            begun = conversation.Pending ? begun ?? clock.GetUtcNow() : null;
            if (await HearAsync(buffer, begun, stop) is not { } answer) break;
            Talks |= conversation.Understood;
            for (var sent = 0; sent < answer.Length;) sent += await SendAsync(answer.AsMemory(sent), stop);
            said(conversation.Trouble, conversation.Understood);
            if (conversation.Ended) return;
        }
        if (conversation.BrokenOff is { } missing) said("连接在消息中间断开：" + missing, false);
    }

    public void Dispose() => socket.Dispose();

    /// <returns>What to answer; null when the device has hung up.</returns>
    private async Task<byte[]?> HearAsync(byte[] buffer, DateTimeOffset? begun, CancellationToken stop)
    {
        var limit = begun is { } since ? since + Message - clock.GetUtcNow() : Idle;
        if (limit <= TimeSpan.Zero) throw new OperationCanceledException("message not complete in time");
        var patience = conversation.Patience is { } patient && patient < limit ? patient : (TimeSpan?)null;
        if (await ReceiveAsync(buffer, patience ?? limit, stop) is not { } read)
            return patience is null ? throw new OperationCanceledException("silent too long") : conversation.Lapse();
        if (read == 0) return null;
        LastHeard = clock.GetUtcNow();
        return await conversation.HearAsync(buffer.AsMemory(0, read), stop);
    }

    /// <returns>Null when nothing came in time.</returns>
    private async Task<int?> ReceiveAsync(byte[] buffer, TimeSpan time, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(time);
        try
        {
            return await socket.ReceiveAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Answer);
        return await socket.SendAsync(bytes, limit.Token);
    }
}
