using System.Collections.Concurrent;

namespace Harness;

/// <summary>A clock that starts now, goes on by itself, and can be moved forward; timers that fall due by that fire.</summary>
public sealed class MovableClock : TimeProvider
{
    private readonly ConcurrentDictionary<Timer, byte> _timers = new();
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    private TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(by.Ticks);
        Interlocked.Add(ref _ahead, by.Ticks);
        foreach (var timer in _timers.Keys) timer.Rearm();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state, period);
        _timers[timer] = 0;
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer : ITimer
    {
        private readonly MovableClock _clock;
        private readonly ITimer _inner;
        private DateTimeOffset? _due;
        private TimeSpan _period;

        public Timer(MovableClock clock, TimerCallback callback, object? state, TimeSpan period)
        {
            (_clock, _period) = (clock, period);
            _inner = System.CreateTimer(s => Fire(callback, s), state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            _due = dueTime == Timeout.InfiniteTimeSpan ? null : _clock.GetUtcNow() + dueTime;
            return _inner.Change(dueTime, Timeout.InfiniteTimeSpan);
        }

        public void Rearm()
        {
            if (_due is { } due) _inner.Change(due > _clock.GetUtcNow() ? due - _clock.GetUtcNow() : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        private void Fire(TimerCallback callback, object? state)
        {
            _due = null;
            if (_period != Timeout.InfiniteTimeSpan && _period > TimeSpan.Zero) Change(_period, _period);
            callback(state);
        }

        public void Dispose()
        {
            _clock._timers.TryRemove(this, out _);
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
