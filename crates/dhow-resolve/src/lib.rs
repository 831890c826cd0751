//! Version selection and feature resolution over a provider. Pure: failure is data.
