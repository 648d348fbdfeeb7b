using Web.Host;
using Web.Verbs;

return args is [{ } first, ..] && !first.StartsWith('-')
    ? await Verb.RunAsync(args)
    : await Serving.RunAsync(args);
