using CnnViz.Models;
using Microsoft.Extensions.Options;

namespace CnnViz.Inference.Uploads;

/// <summary>Sets up what <see cref="ModelUploads"/> needs.</summary>
internal static class ModelUploadsExtensions
{
    // Left over from a process that died: no upload that goes on leaves its folder untouched for so long.
    private static readonly TimeSpan _leftOver = TimeSpan.FromDays(1);

    /// <summary>Adds uploads into a model root, which stay off unless CNNVIZ_MODEL_UPLOADS is "1".</summary>
    /// <exception cref="InvalidOperationException">The setting is neither unset, "0" nor "1".</exception>
    public static void AddModelUploads(this WebApplicationBuilder builder, string root)
    {
        var enabled = builder.Configuration[ModelUploads.Variable] switch
        {
            null or "" or "0" => false,
            "1" => true,
            var other => throw new InvalidOperationException($"{ModelUploads.Variable} must be 0 or 1, not '{other}'"),
        };
        builder.Services.AddOptions<ModelUploadOptions>()
            .BindConfiguration("Uploads").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<ModelUploadOptions>>();
            var store = new ModelStore(root, options.Value.Limits(), services.GetRequiredService<TimeProvider>());
            if (enabled)
            {
                store.CleanUp(_leftOver);
            }

            return new ModelUploads(enabled, store, options);
        });
    }
}
